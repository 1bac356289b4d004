package io.mdevmigration.node.check;

/** How asking one parent went, before it is judged. */
public sealed interface Attempt {
  /**
   * write(2) returned.
   *
   * @param count what it returned
   * @param length how many bytes it was given
   */
  record Returned(int count, int length) implements Attempt {}

  /**
   * write(2) failed.
   *
   * @param errno the error number
   * @param stillThere whether the attribute was there afterwards, the same one
   */
  record WriteFailed(int errno, boolean stillThere) implements Attempt {}

  /**
   * open(2) failed: the driver was not asked.
   *
   * @param errno the error number
   * @param writable whether the attribute's mode has a write bit
   */
  record OpenFailed(int errno, boolean writable) implements Attempt {}

  /** The attribute was gone, or another one in its place, before it was opened. */
  record Gone() implements Attempt {}

  /**
   * The call has not returned within the deadline, or was not made because an earlier one had not.
   */
  record NoReturn() implements Attempt {}
}
