package io.mdevmigration.operator.source;

import io.mdevmigration.crds.MdevClass;

/**
 * A class that a source set publishes.
 *
 * @param mdevClass the class
 * @param publishers how many source nodes publish it; 0 for a literal
 */
public record SourceClass(MdevClass mdevClass, int publishers) {}
