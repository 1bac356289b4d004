/** Admission reviews over HTTPS. */
package io.mdevmigration.operator.kubevirt.webhook;
