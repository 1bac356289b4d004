package io.mdevmigration.node.sysfs;

/**
 * Why a scan is not complete: something may be missing in it.
 *
 * @param about what could not be read, made printable
 * @param errno why; 0 where the kernel gave no number
 * @param advice what to do, one sentence without a full stop
 */
public record Trouble(String about, int errno, String advice) {
  /** The longest path that Linux takes. */
  private static final int TEXT_MAX = 4096;

  public Trouble {
    about = Printable.of(about, TEXT_MAX);
    advice = Printable.of(advice, TEXT_MAX);
  }
}
