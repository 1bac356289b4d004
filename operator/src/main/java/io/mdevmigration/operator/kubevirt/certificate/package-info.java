/** The certificate that the webhook shows, issued and rotated by the operator itself. */
package io.mdevmigration.operator.kubevirt.certificate;
