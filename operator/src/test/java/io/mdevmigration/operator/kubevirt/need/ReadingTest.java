package io.mdevmigration.operator.kubevirt.need;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.utils.Serialization;
import io.mdevmigration.operator.kubevirt.api.KubeVirt;
import io.mdevmigration.operator.kubevirt.api.VirtualMachineInstance;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Objects as KubeVirt 1.8 writes them. */
class ReadingTest {
  @Test
  void ofAVmiOnlyWhatIsDecidedFromIsKept() {
    Vmi vmi =
        Vmi.of(
            Serialization.unmarshal(
                """
                apiVersion: kubevirt.io/v1
                kind: VirtualMachineInstance
                metadata: {name: till, namespace: shop, uid: u1, annotations: {a: b}}
                spec:
                  nodeSelector: {disk: fast}
                  domain:
                    cpu: {cores: 2}
                    devices:
                      disks: [{name: cloud, disk: {bus: virtio}}]
                      gpus: [{name: gpu1, deviceName: sample.io/A}, {name: gpu2, claimName: c}]
                      hostDevices: [{name: stick, deviceName: usb.io/stick}]
                  volumes: [{name: cloud, cloudInitNoCloud: {userData: secret}}]
                status:
                  phase: Running
                  nodeName: gpu-a
                  conditions:
                  - {type: Ready, status: "True"}
                  - {type: LiveMigratable, status: "False", reason: No, message: it has a disk}
                """,
                VirtualMachineInstance.class));
    assertThat(vmi.name()).hasToString("shop/till");
    assertThat(vmi.uid()).isEqualTo("u1");
    assertThat(vmi.isRunning()).isTrue();
    assertThat(vmi.node()).contains("gpu-a");
    assertThat(vmi.gpus()).containsExactly("sample.io/A", "");
    assertThat(vmi.hostDevices()).containsExactly("usb.io/stick");
    assertThat(vmi.nodeSelector()).isEqualTo(Map.of("disk", "fast"));
    assertThat(vmi.immovable()).contains("No: it has a disk");
    assertThat(vmi.toString()).doesNotContain("secret");
  }

  @Test
  void aVmiThatHasJustBeenCreatedHasNoDeviceAndIsNowhere() {
    Vmi vmi =
        Vmi.of(
            Serialization.unmarshal(
                "---\n{apiVersion: kubevirt.io/v1, kind: VirtualMachineInstance,"
                    + " metadata: {name: till, namespace: shop, uid: u1}}",
                VirtualMachineInstance.class));
    assertThat(vmi.hasDevice()).isFalse();
    assertThat(vmi.isRunning()).isFalse();
    assertThat(vmi.node()).isEmpty();
    assertThat(vmi.immovable()).isEmpty();
  }

  @Test
  void theKubeVirtObjectPermitsTypesByTheirNames() {
    PermittedDevices permitted =
        PermittedDevices.of(
            Serialization.unmarshal(
                """
                apiVersion: kubevirt.io/v1
                kind: KubeVirt
                metadata: {name: kubevirt, namespace: kubevirt}
                spec:
                  imagePullPolicy: IfNotPresent
                  configuration:
                    developerConfiguration: {featureGates: [GPU, VGPULiveMigration]}
                    permittedHostDevices:
                      pciHostDevices: [{pciVendorSelector: "10DE:1EB8", resourceName: n.io/t4}]
                      mediatedDevices:
                      - {mdevNameSelector: GRID T4-1B, resourceName: n.io/grid}
                      - {mdevNameSelector: GRID_T4-2B, resourceName: n.io/grid}
                      - {mdevNameSelector: i915-GVTg_V5_4, resourceName: intel.com/gvt}
                      - {mdevNameSelector: broken}
                """,
                KubeVirt.class));
    assertThat(permitted.mdevNames())
        .isEqualTo(
            Map.of(
                "n.io/grid", Set.of("GRID_T4-1B", "GRID_T4-2B"),
                "intel.com/gvt", Set.of("i915-GVTg_V5_4")));
    assertThat(permitted.pciResources()).containsExactly("n.io/t4");
    assertThat(permitted.migratesGpus()).isTrue();
    assertThat(PermittedDevices.of(new KubeVirt()).allMdevNames()).isEmpty();
  }
}
