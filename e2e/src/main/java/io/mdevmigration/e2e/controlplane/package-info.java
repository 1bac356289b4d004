/**
 * A throw-away Kubernetes control plane of real binaries on this host: etcd, kube-apiserver and,
 * when asked for, kube-scheduler and kube-controller-manager. Start with {@link
 * io.mdevmigration.e2e.controlplane.ControlPlane}.
 */
package io.mdevmigration.e2e.controlplane;
