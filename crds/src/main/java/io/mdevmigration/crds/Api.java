package io.mdevmigration.crds;

/** What all resources of this API share. */
public final class Api {
  /** The API group. */
  public static final String GROUP = "mdevmigration.io";

  /** The API version. */
  public static final String VERSION = "v1alpha1";

  /** Bytes of the longest version string that a driver can read in one write. */
  public static final int VERSION_MAX = 4095;

  /** A version string that may be written to a driver: printable ASCII, at least one character. */
  public static final String VERSION_PATTERN = "^[ -~]+$";

  /**
   * Any other text that a daemon writes: it gets into messages, events, logs and terminals, where a
   * control character would be more than text.
   */
  public static final String TEXT_PATTERN = "^[ -~]*$";

  /** The longest name of a type: the longest file name that Linux knows. */
  public static final int TYPE_MAX = 255;

  /** The longest name of a parent. */
  public static final int PARENT_MAX = 255;

  /** The longest name of a Node. */
  public static final int NODE_NAME_MAX = 253;

  /** A digest of a class. */
  public static final String DIGEST_PATTERN = "^[0-9a-f]{20}$";

  /** The hex digits that a revision or a driver identity may have. */
  public static final String HASH_PATTERN = "^[0-9a-f]{8,64}$";

  /** What a daemon is asked at most. */
  public static final int CHECKS_MAX = 128;

  /** Bytes that all version strings of one node's checks have together, at most. */
  public static final int CHECK_BYTES_MAX = 16_384;

  /** Distinct version strings that one node publishes at most. */
  public static final int PUBLISHED_VERSIONS_MAX = 64;

  /** Bytes that all version strings that one node publishes have together, at most. */
  public static final int PUBLISHED_BYTES_MAX = 16_384;

  /** Types that one node shows at most, and kinds of parents. */
  public static final int GROUPS_MAX = 512;

  /** Classes of one type that are asked about at most. */
  public static final int CLASSES_PER_TYPE_MAX = 64;

  /** Classes that are asked about though one node alone publishes them, at most. */
  public static final int CLASSES_OF_ONE_NODE_MAX = 32;

  /** Bytes that the version strings of these classes have together, at most: half of a node's. */
  public static final int CLASS_BYTES_OF_ONE_NODE_MAX = CHECK_BYTES_MAX / 2;

  /** Node or parent names that a status lists at most; the rest is counted. */
  public static final int NAMES_MAX = 8;

  /** The largest error number that a Linux system call can return. */
  static final int ERRNO_MAX = 4095;

  /** A bound for counts, so that every reader can hold them in 32 bits. */
  static final int COUNT_MAX = 1_000_000;

  static final String VERSION_RULE =
      "size(self) >= 1 && size(self) <= 4095 && self.matches('^[ -~]+$')";
  static final String VERSION_MESSAGE =
      "a version string is 1 to 4095 printable ASCII characters: copy what the source's version"
          + " attribute gives, without the newline";
  static final String TYPE_RULE =
      "self.matches('^[!-.0-~]+$') && self.contains('-') && !self.startsWith('-')";
  static final String TYPE_MESSAGE =
      "write the full mdev type, <driver>-<name>, as its directory in mdev_supported_types is"
          + " called, for example i915-GVTg_V5_4";

  private Api() {}
}
