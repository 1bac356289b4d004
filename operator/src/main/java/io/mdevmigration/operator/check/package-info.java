/** Which node is asked what. */
package io.mdevmigration.operator.check;
