package io.mdevmigration.node.cli;

import io.mdevmigration.crds.Verdict;

/** What the command's exit status says. */
final class ExitStatus {
  static final int OK = 0;

  /** Something could not be read. */
  static final int UNKNOWN = 3;

  /** EX_USAGE of sysexits.h. */
  static final int USAGE = 64;

  /** EX_UNAVAILABLE of sysexits.h: what this needs to run is missing. */
  static final int UNAVAILABLE = 69;

  /** EX_SOFTWARE of sysexits.h: a mistake in this program. */
  static final int SOFTWARE = 70;

  private ExitStatus() {}

  static int of(Verdict verdict) {
    return switch (verdict) {
      case COMPATIBLE -> OK;
      case INCOMPATIBLE -> 1;
      case UNSUPPORTED -> 2;
      case UNKNOWN -> UNKNOWN;
    };
  }
}
