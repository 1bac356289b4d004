/** What users are told as Kubernetes Events: what changed and why, each thing once. */
package io.mdevmigration.operator.event;
