/** Which labels a node gets, keeps and loses. */
package io.mdevmigration.operator.label;
