/**
 * What runs once per node, class or object, each alone on one thread, measured by JMH: {@code
 * DaemonBenchmark}, {@code DigestBenchmark}, {@code ObjectBenchmark} and {@code OperatorBenchmark}
 * are the cases, {@code ShortRun} says how long they are measured, {@code StoredNode} is what they
 * work on, and {@code Microbenchmarks} runs them and shows a table.
 */
package io.mdevmigration.e2e.bench.micro;
