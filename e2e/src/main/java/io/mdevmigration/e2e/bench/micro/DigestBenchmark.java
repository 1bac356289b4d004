package io.mdevmigration.e2e.bench.micro;

import io.mdevmigration.crds.MdevClass;
import io.mdevmigration.e2e.bench.FleetPlan;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** What a class costs that is not known yet; it remembers both. */
@State(Scope.Benchmark)
public class DigestBenchmark extends ShortRun {
  private String type;
  private String version;

  @Setup
  public void setUp() {
    MdevClass mdevClass = FleetPlan.mdevClass(FleetPlan.FIRST, 0);
    type = mdevClass.type();
    version = mdevClass.version();
  }

  /** The digest. */
  @Benchmark
  public String digest() {
    return new MdevClass(type, version).digest();
  }

  /** The digest, and the label's key with it. */
  @Benchmark
  public String labelKey() {
    return new MdevClass(type, version).labelKey();
  }
}
