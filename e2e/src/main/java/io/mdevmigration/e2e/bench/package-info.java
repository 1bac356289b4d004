/**
 * How fast the whole is and how much memory it takes, next to what the API server itself can do on
 * the same machine: {@code Sweep} says which fleets and {@code FleetPlan} what is in one, {@code
 * Floor} measures the API server alone, {@code BenchFleet} has as many daemons as nodes in this
 * JVM, {@code ShippedOperator} and {@code LoneDaemon} are processes as they are shipped, {@code
 * ApiRequests} counts by the API server's own metrics, {@code Figures} are the results and {@code
 * Growth} compares them. {@code Phases} goes through what is measured: {@code Questions}, {@code
 * DriverChanges} and {@code Restarts}.
 */
package io.mdevmigration.e2e.bench;
