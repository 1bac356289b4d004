package io.mdevmigration.node.publish;

import io.mdevmigration.node.inventory.Hash;

/**
 * Spreads what is due at the same age over nodes and classes. The same names always give the same
 * number, so that a restart moves nothing.
 */
final class Jitter {
  private static final int HEX_DIGITS = 7;

  private Jitter() {}

  /** A number from 0 to below 1. */
  static double of(String nodeName, String what) {
    return Integer.parseInt(Hash.of(HEX_DIGITS, nodeName, what), 16)
        / (double) (1 << (4 * HEX_DIGITS));
  }
}
