package io.mdevmigration.operator.source;

import io.mdevmigration.crds.MdevClass;

/**
 * A class that a source set publishes.
 *
 * @param mdevClass the class
 * @param publishers how many source nodes publish it; 0 for a literal
 * @param digest the class's, kept because it is looked up often
 */
public record SourceClass(MdevClass mdevClass, int publishers, String digest) {
  /** A class that so many source nodes publish. */
  public SourceClass(MdevClass mdevClass, int publishers) {
    this(mdevClass, publishers, mdevClass.digest());
  }
}
