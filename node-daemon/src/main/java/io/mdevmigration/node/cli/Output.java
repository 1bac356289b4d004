package io.mdevmigration.node.cli;

/** How results are shown. Named as they are written on the command line. */
enum Output {
  table,
  json
}
