package io.mdevmigration.node.cli;

import java.util.Optional;
import picocli.CommandLine.IVersionProvider;

/** This program's version, as its jar says. */
final class ProgramVersion implements IVersionProvider {
  static String text() {
    return Optional.ofNullable(ProgramVersion.class.getPackage().getImplementationVersion())
        .orElse("dev");
  }

  @Override
  public String[] getVersion() {
    return new String[] {"mdev-node " + text()};
  }
}
