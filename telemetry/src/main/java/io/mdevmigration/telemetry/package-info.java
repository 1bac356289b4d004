/**
 * What a program tells of itself: how often what has happened, and line by line what it does. What
 * decides knows nothing of it; what touches the world counts and logs.
 */
package io.mdevmigration.telemetry;
