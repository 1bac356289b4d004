/**
 * The three resources of {@code mdevmigration.io/v1alpha1} as Java records, and what both sides
 * must agree on: the class (mdev type and version string), its digest and its label key.
 *
 * <p>The records mirror the wire: what is absent there is null for a scalar or an object and empty
 * for a list. They decide nothing. The YAML in {@code crds/*.yaml} is generated from them, and the
 * build fails when the two drift apart.
 */
package io.mdevmigration.crds;
