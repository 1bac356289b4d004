/** Carries decisions to the nodes: one changed node at a time, one write where one will do. */
package io.mdevmigration.operator.node;
