/**
 * KubeVirt's real virt-controller and virt-api on a real control plane whose nodes are simulated.
 *
 * <p>Real: kube-apiserver, etcd, kube-scheduler, kube-controller-manager, virt-controller,
 * virt-api, the operator, the daemons. Played, because there is neither a machine nor a guest: the
 * kubelet and KubeVirt's device plugin ({@link io.mdevmigration.e2e.kubevirt.PlayedKubelets}),
 * virt-handler, virt-launcher and QEMU ({@link io.mdevmigration.e2e.kubevirt.PlayedVirtHandlers}),
 * and virt-operator ({@link io.mdevmigration.e2e.kubevirt.KubeVirt}).
 */
package io.mdevmigration.e2e.kubevirt;
