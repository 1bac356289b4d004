package io.mdevmigration.operator.kubevirt.certificate;

import static java.util.Objects.requireNonNull;

/**
 * A certificate with the authority that signed it. The authority signed this one alone: its key was
 * forgotten at once, so that nobody can ever sign another in its name.
 *
 * @param authority PEM
 * @param serving what the server shows
 */
record Issued(String authority, Serving serving) {
  Issued {
    requireNonNull(authority, "authority");
    requireNonNull(serving, "serving");
  }
}
