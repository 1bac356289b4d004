package io.mdevmigration.operator.fleet;

/**
 * A class and a driver that may be asked about it. A pair that is new to the fleet is tried on one
 * node first.
 *
 * @param type the class's type
 * @param digest the class's digest
 * @param driver the driver's identity
 */
public record ClassOnDriver(String type, String digest, String driver) {}
