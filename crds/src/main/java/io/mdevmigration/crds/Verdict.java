package io.mdevmigration.crds;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Comparator;

/**
 * What a node, or one parent of it, says about a class. Listed from the best to the worst answer:
 * the worst answer of a node's parents is the node's.
 */
public enum Verdict {
  /** The driver took the version string. The only verdict that ever earns a label. */
  @JsonProperty("Compatible")
  COMPATIBLE("Compatible"),
  /** Nothing is known: not asked yet, or the answer was no answer. Never removes a label. */
  @JsonProperty("Unknown")
  UNKNOWN("Unknown"),
  /** The type cannot migrate here: not offered, no attribute, or the driver says so. */
  @JsonProperty("Unsupported")
  UNSUPPORTED("Unsupported"),
  /** The driver refused the version string. */
  @JsonProperty("Incompatible")
  INCOMPATIBLE("Incompatible");

  /** From the best answer to the worst. */
  public static final Comparator<Verdict> BEST_FIRST = Comparator.comparing(Enum::ordinal);

  private final String text;

  Verdict(String text) {
    this.text = text;
  }

  /** Whether the driver has spoken: everything but {@link #UNKNOWN}. */
  public boolean isDefinite() {
    return this != UNKNOWN;
  }

  /** The word as it stands in the resources. */
  @Override
  public String toString() {
    return text;
  }
}
