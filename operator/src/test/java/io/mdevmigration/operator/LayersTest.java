package io.mdevmigration.operator;

import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;
import org.junit.jupiter.api.Test;

class LayersTest {
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("io.mdevmigration.operator");

  @Test
  void thePackagesFollowTheWayOfTheData() {
    layeredArchitecture()
        .consideringOnlyDependenciesInLayers()
        .layer("fleet")
        .definedBy("..operator.fleet")
        .layer("source")
        .definedBy("..operator.source")
        .layer("trial")
        .definedBy("..operator.trial")
        .layer("check")
        .definedBy("..operator.check")
        .layer("label")
        .definedBy("..operator.label")
        .layer("event")
        .definedBy("..operator.event")
        .layer("compatibility")
        .definedBy("..operator.compatibility")
        .layer("node")
        .definedBy("..operator.node")
        .layer("watch")
        .definedBy("..operator.watch")
        .layer("census")
        .definedBy("..operator.census")
        .layer("leader")
        .definedBy("..operator.leader")
        .layer("kubevirt")
        .definedBy("..operator.kubevirt..")
        .layer("cleanup")
        .definedBy("..operator.cleanup")
        .layer("main")
        .definedBy("io.mdevmigration.operator")
        .whereLayer("census")
        .mayOnlyBeAccessedByLayers("main")
        .whereLayer("source")
        .mayOnlyBeAccessedByLayers(
            "trial", "event", "census", "compatibility", "node", "kubevirt", "main")
        .whereLayer("trial")
        .mayOnlyBeAccessedByLayers("check", "event", "compatibility", "node", "main")
        .whereLayer("check")
        .mayOnlyBeAccessedByLayers("compatibility", "node")
        .whereLayer("label")
        .mayOnlyBeAccessedByLayers("event", "compatibility", "node", "census", "main")
        .whereLayer("event")
        .mayOnlyBeAccessedByLayers("compatibility", "node", "kubevirt", "main")
        .whereLayer("compatibility")
        .mayOnlyBeAccessedByLayers("kubevirt", "main")
        .whereLayer("kubevirt")
        .mayOnlyBeAccessedByLayers("cleanup", "main")
        .whereLayer("cleanup")
        .mayOnlyBeAccessedByLayers("main")
        .whereLayer("node")
        .mayOnlyBeAccessedByLayers("main")
        .whereLayer("leader")
        .mayOnlyBeAccessedByLayers("main")
        .whereLayer("watch")
        .mayOnlyBeAccessedByLayers("kubevirt", "main")
        .whereLayer("main")
        .mayNotBeAccessedByAnyLayer()
        .check(CLASSES);
  }

  @Test
  void whatDecidesKnowsNoClientNoClockAndNoThread() {
    ArchRuleDefinition.noClasses()
        .that()
        .resideInAnyPackage(
            "..operator.fleet",
            "..operator.source",
            "..operator.trial",
            "..operator.check",
            "..operator.label",
            "..operator.kubevirt.need",
            "..operator.kubevirt.admission",
            "..operator.kubevirt.evacuation",
            "..operator.kubevirt.migration",
            "..operator.kubevirt.permitted")
        .or()
        .haveSimpleNameStartingWith("CompatibilityStatus")
        .or()
        .haveSimpleName("Standing")
        .or()
        .haveSimpleName("Known")
        .or()
        .haveSimpleName("Occurrence")
        .or()
        .haveSimpleName("LabelChange")
        .or()
        .haveSimpleName("ReadyChange")
        .or()
        .haveSimpleName("TrialEvent")
        .or()
        .haveSimpleName("LeftOut")
        .or()
        .haveSimpleName("TokenBucket")
        .or()
        .haveSimpleName("Census")
        .or()
        .haveSimpleName("OwnLabels")
        .or()
        .haveSimpleName("KindReport")
        .or()
        .haveSimpleName("Leftovers")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "io.fabric8.kubernetes.client.dsl..",
            "io.fabric8.kubernetes.client.informers..",
            "io.javaoperatorsdk..",
            "java.util.concurrent.locks..",
            "io.mdevmigration.telemetry..")
        .orShould()
        .dependOnClassesThat()
        .haveFullyQualifiedName("java.time.Clock")
        .orShould()
        .dependOnClassesThat()
        .haveFullyQualifiedName("java.time.InstantSource")
        .orShould()
        .callMethod(java.time.Instant.class, "now")
        .check(CLASSES);
  }

  @Test
  void nothingMakesMetersButTelemetryWhoseLabelsAreEnums() {
    ArchRuleDefinition.noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.micrometer..", "io.prometheus..")
        .check(CLASSES);
  }
}
