// manifests prints, as a stream of YAML documents, what virt-operator would install of KubeVirt:
//
//	manifests crds        the resources
//	manifests access      the accounts of virt-controller, virt-api and virt-handler and their rights
//	manifests admission   the webhook configurations of virt-api
//
// All is made by KubeVirt's own generators, for the namespace "kubevirt".
package main

import (
	"fmt"
	"os"

	extv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"kubevirt.io/kubevirt/pkg/virt-operator/resource/generate/components"
	"kubevirt.io/kubevirt/pkg/virt-operator/resource/generate/rbac"
	"sigs.k8s.io/yaml"
)

const namespace = "kubevirt"

func main() {
	if len(os.Args) != 2 {
		fail("usage: manifests crds|access|admission")
	}
	switch os.Args[1] {
	case "crds":
		crds()
	case "access":
		access()
	case "admission":
		show(components.NewVirtAPIMutatingWebhookConfiguration(namespace))
		show(components.NewVirtAPIValidatingWebhookConfiguration(namespace))
	default:
		fail("unknown part '" + os.Args[1] + "'; known are crds, access and admission")
	}
}

func crds() {
	for _, crd := range []func() (*extv1.CustomResourceDefinition, error){
		components.NewKubeVirtCrd,
		components.NewVirtualMachineInstanceCrd,
		components.NewVirtualMachineCrd,
		components.NewVirtualMachineInstanceMigrationCrd,
		components.NewMigrationPolicyCrd,
		components.NewReplicaSetCrd,
		components.NewPresetCrd,
		components.NewVirtualMachinePoolCrd,
		components.NewVirtualMachineSnapshotCrd,
		components.NewVirtualMachineSnapshotContentCrd,
		components.NewVirtualMachineRestoreCrd,
		components.NewVirtualMachineExportCrd,
		components.NewVirtualMachineBackupCrd,
		components.NewVirtualMachineBackupTrackerCrd,
		components.NewVirtualMachineInstancetypeCrd,
		components.NewVirtualMachineClusterInstancetypeCrd,
		components.NewVirtualMachinePreferenceCrd,
		components.NewVirtualMachineClusterPreferenceCrd,
		components.NewVirtualMachineCloneCrd,
	} {
		made, err := crd()
		if err != nil {
			fail(err.Error())
		}
		show(made)
	}
}

func access() {
	show(components.NewKubeVirtPriorityClassCR())
	for _, object := range rbac.GetAllCluster() {
		show(object)
	}
	for _, object := range rbac.GetAllController(namespace, false) {
		show(object)
	}
	for _, object := range rbac.GetAllApiServer(namespace) {
		show(object)
	}
	for _, object := range rbac.GetAllHandler(namespace) {
		show(object)
	}
}

func show(object any) {
	text, err := yaml.Marshal(object)
	if err != nil {
		fail(err.Error())
	}
	fmt.Printf("---\n%s", text)
}

func fail(why string) {
	fmt.Fprintln(os.Stderr, "manifests: "+why)
	os.Exit(1)
}
