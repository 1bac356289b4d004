/**
 * What the operator knows of the fleet: a cache of what the API server stores, in the form that the
 * decisions need. Nothing here is state of the operator's own.
 */
package io.mdevmigration.operator.fleet;
