package io.mdevmigration.operator.cleanup;

/** What became of one object that was looked at. */
sealed interface Removal {
  /**
   * It is gone, or what was ours of it.
   *
   * @param what as kubectl would say it: the object and what happened to it
   * @param parts how many things that were: labels of a Node, otherwise 1
   */
  record Gone(String what, int parts) implements Removal {}

  /** There was nothing of ours. */
  record Absent() implements Removal {}

  /** It is a user's and stays. */
  record Kept() implements Removal {}

  /**
   * It is still there.
   *
   * @param what the object
   * @param why in the words of the API server
   */
  record Refused(String what, String why) implements Removal {}
}
