/**
 * The chaos test: random fleets whose hardware, specs, network and processes go through random
 * schedules, and a model that knows what the labels have to be afterwards. The seed decides fleet,
 * schedule and faults. The way of a run: {@code Schedule} is drawn from the seed; {@code World}
 * plays it on a real API server and {@code Model} on paper; {@code Journal} keeps what each sender
 * was sent before it wrote; the checks compare.
 */
package io.mdevmigration.e2e.chaos;
