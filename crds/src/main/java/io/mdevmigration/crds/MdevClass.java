package io.mdevmigration.crds;

import static java.util.Objects.requireNonNull;

import java.util.regex.Pattern;

/**
 * A class: everything that a target's driver is asked about, an mdev type and a version string.
 * Devices of one class are interchangeable as migration sources, so N nodes with K classes need N·K
 * questions. The formats of {@link #digest()} and {@link #labelKey()} are frozen API.
 *
 * <p>A value like a record, and no record because it remembers its digest and label key: every node
 * of a fleet is decided about by the digest of the same few classes.
 */
public final class MdevClass {
  /** Prefix of every label key that this project writes on a Node. */
  public static final String LABEL_PREFIX = "accepts.mdevmigration.io/";

  /** The only value that such a label ever has. */
  public static final String LABEL_VALUE = "true";

  /** Hex digits of a digest. */
  public static final int DIGEST_LENGTH = 20;

  private static final int SLUG_MAX = 40;
  private static final Pattern NOT_IN_A_KEY = Pattern.compile("[^A-Za-z0-9._-]+");
  private static final Pattern NOT_AT_THE_BEGINNING = Pattern.compile("^[^A-Za-z0-9]+");
  private static final Pattern NOT_AT_THE_END = Pattern.compile("[^A-Za-z0-9]+$");

  private final String type;
  private final String version;

  /** Null until it is asked for. Two threads at once find the same. */
  private String digest;

  /** Like {@link #digest}. */
  private String labelKey;

  /**
   * A class.
   *
   * @param type the full mdev type, {@code <driver>-<name>}, as the directory in {@code
   *     mdev_supported_types} is called
   * @param version the version string as the source's driver gave it, without the trailing newline;
   *     opaque, never parsed or compared for order
   */
  public MdevClass(String type, String version) {
    this.type = requireNonNull(type, "type");
    this.version = requireNonNull(version, "version");
  }

  /** The full mdev type. */
  public String type() {
    return type;
  }

  /** The version string. */
  public String version() {
    return version;
  }

  /** The first 20 hex digits of SHA-256 over type, NUL, version, all in UTF-8. */
  public String digest() {
    String known = digest;
    if (known == null) {
      known = Sha256.hex(DIGEST_LENGTH, type + "\0" + version);
      digest = known;
    }
    return known;
  }

  /**
   * The key of the label that a node carries once its driver has accepted this class: {@code
   * accepts.mdevmigration.io/<slug>.<digest>}. At most 61 characters behind the slash, valid as a
   * Kubernetes label key whatever the type is called.
   */
  public String labelKey() {
    String known = labelKey;
    if (known == null) {
      known = labelKey(type, digest());
      labelKey = known;
    }
    return known;
  }

  /** The label key of the class of this type with this digest. */
  public static String labelKey(String type, String digest) {
    return LABEL_PREFIX + slug(type) + "." + digest;
  }

  /** Whether a label key is this project's own. */
  public static boolean isOwnLabel(String key) {
    return key.startsWith(LABEL_PREFIX);
  }

  /**
   * The readable part of a label key: each run of characters that a label key cannot hold becomes
   * one dash, at most 40 characters, letter or digit at both ends; {@code mdev} where nothing is
   * left. Not unique: the digest behind it is.
   */
  static String slug(String type) {
    String slug = NOT_IN_A_KEY.matcher(type).replaceAll("-");
    slug = NOT_AT_THE_BEGINNING.matcher(slug).replaceAll("");
    slug = slug.substring(0, Math.min(SLUG_MAX, slug.length()));
    slug = NOT_AT_THE_END.matcher(slug).replaceAll("");
    return slug.isEmpty() ? "mdev" : slug;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof MdevClass that
        && type.equals(that.type)
        && version.equals(that.version);
  }

  @Override
  public int hashCode() {
    return 31 * type.hashCode() + version.hashCode();
  }

  @Override
  public String toString() {
    return "MdevClass[type=%s, version=%s]".formatted(type, version);
  }
}
