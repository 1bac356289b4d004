package io.mdevmigration.e2e.bench;

import io.mdevmigration.e2e.controlplane.OwnedProcess;
import java.util.List;

/**
 * The time that processors have spent so far on each part.
 *
 * @param controlPlane kube-apiserver and etcd
 * @param operator the operator
 * @param daemons this JVM, which has the daemons and little else
 */
record CpuSeconds(double controlPlane, double operator, double daemons) {
  /** As of now. */
  static CpuSeconds now(List<OwnedProcess> controlPlane, ShippedOperator operator) {
    return new CpuSeconds(
        controlPlane.stream()
            .mapToDouble(process -> ProcessFigures.of(process.pid()).cpuSeconds())
            .sum(),
        operator.figures().cpuSeconds(),
        ProcessFigures.of(ProcessHandle.current().pid()).cpuSeconds());
  }

  /** What of it was spent after an earlier moment. */
  CpuSeconds since(CpuSeconds before) {
    return new CpuSeconds(
        controlPlane - before.controlPlane, operator - before.operator, daemons - before.daemons);
  }

  /** Notes each. */
  void note(String phase, Figures figures) {
    figures.put(
        phase + "ControlPlaneCpuSeconds", "  CPU of kube-apiserver and etcd, s", controlPlane);
    figures.put(phase + "OperatorCpuSeconds", "  CPU of the operator, s", operator);
    figures.put(phase + "DaemonsCpuSeconds", "  CPU of all daemons, s", daemons);
  }
}
