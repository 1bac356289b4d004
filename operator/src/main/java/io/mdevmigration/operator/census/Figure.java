package io.mdevmigration.operator.census;

/** What is counted of what is stored. */
enum Figure {
  NODES("nodes", "Nodes."),
  WITH_STATE("nodes.with.state", "Nodes with an MdevNodeState."),
  STALE("nodes.stale", "Nodes whose daemon has confirmed nothing for 13 hours."),
  LABELLED_WITHOUT_STATE(
      "nodes.labelled.without.state",
      "Nodes that carry labels of this project and have no MdevNodeState."),
  INCOMPLETE("nodes.incomplete", "Nodes whose inventory is incomplete."),
  NOT_READY("nodes.not.ready", "Nodes whose daemon says that it is not ready."),
  OPEN_QUESTIONS("questions.open", "Checks without an answer."),
  LABELS("labels", "Labels of this project on Nodes."),
  COMPATIBILITIES("compatibilities", "MigrationCompatibility objects."),
  CLASSES("classes", "Classes (type and version) that they ask about.");

  private final String metric;
  private final String help;

  Figure(String metric, String help) {
    this.metric = metric;
    this.help = help;
  }

  String metric() {
    return metric;
  }

  String help() {
    return help;
  }
}
