package io.mdevmigration.e2e.bench;

/** What is measured of operator and daemons, one after the other. */
final class Phases {
  private final Rig rig;

  Phases(Rig rig) {
    this.rig = rig;
  }

  /**
   * Goes through all phases.
   *
   * @param changes of a driver, one at a time
   * @param upgraded nodes that get another driver
   */
  void run(int changes, int upgraded) {
    Questions questions = new Questions(rig);
    questions.fromNothing();
    if (rig.plan().types() > 1) {
      questions.askToLabel();
    }
    questions.sizes();
    DriverChanges drivers = new DriverChanges(rig);
    if (changes > 0) {
      drivers.change(changes);
    }
    operatorTook();
    // With a single driver there is no other one.
    if (upgraded > 0 && rig.plan().drivers() > 1) {
      drivers.upgrade(upgraded);
    }
    Restarts restarts = new Restarts(rig);
    restarts.operator();
    restarts.daemons();
    restarts.daemonsInTurn();
    restarts.sum();
    restarts.apiServer();
  }

  private void operatorTook() {
    ProcessFigures taken = rig.operator().figures();
    rig.put("operatorPeakRssMiB", "operator: peak RSS, MiB", taken.peakRssMiB(), "256");
    rig.put("operatorCpuSeconds", "operator: CPU until here, s", taken.cpuSeconds());
    rig.operator().watch().note("operator", "operator", rig.figures());
  }
}
