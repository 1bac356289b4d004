package io.mdevmigration.crds;

/**
 * Why a verdict is what it is. On the wire a reason is text, so that a reader one version behind
 * can show a reason that it does not know.
 */
public enum Reason {
  /** The write returned the string's length. */
  ACCEPTED("Accepted"),
  /** The write failed with the driver's errno. */
  REFUSED("Refused"),
  /** Reading or writing gave ENODEV, EOPNOTSUPP or ENOTSUPP while the attribute was still there. */
  NOT_SUPPORTED("NotSupported"),
  /** The type has no version attribute. */
  NO_VERSION_ATTRIBUTE("NoVersionAttribute"),
  /** The version attribute has no write bit. */
  NOT_WRITABLE("NotWritable"),
  /** The node does not offer the type. */
  TYPE_NOT_OFFERED("TypeNotOffered"),
  /** The attribute went away while it was asked. */
  TARGET_GONE("TargetGone"),
  /** The driver was busy or failed in passing; tried again with back-off. */
  TRANSIENT("Transient"),
  /** Five tries were all {@link #TRANSIENT}; left until the next revision or recheck. */
  EXHAUSTED("Exhausted"),
  /** The attribute or something of the type could not be read. */
  READ_FAILED("ReadFailed"),
  /** The daemon may not open the attribute for writing: how it is installed is wrong. */
  AGENT_MISCONFIGURED("AgentMisconfigured"),
  /** The daemon asks nothing while the cluster's admission policies are not in force. */
  POLICIES_NOT_IN_FORCE("PoliciesNotInForce"),
  /** The driver did not return within the deadline. */
  DRIVER_UNRESPONSIVE("DriverUnresponsive"),
  /** Too many refusals in a short time; asked later. */
  THROTTLED("Throttled"),
  /** More classes than the limits allow. */
  TOO_MANY_CLASSES("TooManyClasses"),
  /** The version differs between two reads. */
  UNSTABLE("Unstable"),
  /** What the driver gives as its version is empty, too long or not printable ASCII. */
  INVALID_VERSION("InvalidVersion"),
  /** The question was stored before it was asked: the first of a trial or of a boot. */
  ASKING("Asking"),
  /** Another node tries this class on this driver first. */
  AWAITING_TRIAL("AwaitingTrial"),
  /** A trial ended without an answer; asked nowhere until an admin says so. */
  SUSPECTED("Suspected"),
  /** The check is asked of another driver than the one that serves the type. */
  OTHER_DRIVER("OtherDriver"),
  /** The node's daemon has not answered yet. */
  NOT_ANSWERED("NotAnswered"),
  /** The answer was given under another revision or boot than the present one. */
  OUTDATED("Outdated"),
  /** The node's daemon has confirmed nothing for 13 hours. */
  STALE("Stale");

  private final String text;

  Reason(String text) {
    this.text = text;
  }

  /** The word as it stands in the resources. */
  @Override
  public String toString() {
    return text;
  }
}
