package io.mdevmigration.crds;

import static java.util.Objects.requireNonNull;

/**
 * A class: everything that a target's driver is asked about, an mdev type and a version string.
 * Devices of one class are interchangeable as migration sources, so N nodes with K classes need N·K
 * questions. The formats of {@link #digest()} and {@link #labelKey()} are frozen API.
 *
 * @param type the full mdev type, {@code <driver>-<name>}, as the directory in {@code
 *     mdev_supported_types} is called
 * @param version the version string as the source's driver gave it, without the trailing newline;
 *     opaque, never parsed or compared for order
 */
public record MdevClass(String type, String version) {
  /** Prefix of every label key that this project writes on a Node. */
  public static final String LABEL_PREFIX = "accepts.mdevmigration.io/";

  /** The only value that such a label ever has. */
  public static final String LABEL_VALUE = "true";

  /** Hex digits of a digest. */
  public static final int DIGEST_LENGTH = 20;

  private static final int SLUG_MAX = 40;

  public MdevClass {
    requireNonNull(type, "type");
    requireNonNull(version, "version");
  }

  /** The first 20 hex digits of SHA-256 over type, NUL, version, all in UTF-8. */
  public String digest() {
    return Sha256.hex(DIGEST_LENGTH, type + "\0" + version);
  }

  /**
   * The key of the label that a node carries once its driver has accepted this class: {@code
   * accepts.mdevmigration.io/<slug>.<digest>}. At most 61 characters behind the slash, valid as a
   * Kubernetes label key whatever the type is called.
   */
  public String labelKey() {
    return labelKey(type, digest());
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
    String slug = type.replaceAll("[^A-Za-z0-9._-]+", "-").replaceAll("^[^A-Za-z0-9]+", "");
    slug = slug.substring(0, Math.min(SLUG_MAX, slug.length())).replaceAll("[^A-Za-z0-9]+$", "");
    return slug.isEmpty() ? "mdev" : slug;
  }
}
