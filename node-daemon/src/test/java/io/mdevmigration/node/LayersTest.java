package io.mdevmigration.node;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.mdevmigration.node.posix.JnaPosix;
import io.mdevmigration.node.posix.Posix;
import java.nio.file.Path;
import java.time.Clock;
import org.junit.jupiter.api.Test;

class LayersTest {
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("io.mdevmigration.node");

  @Test
  void packagesFollowTheWayOfTheData() {
    layeredArchitecture()
        .consideringOnlyDependenciesInAnyPackage("io.mdevmigration.node..")
        .layer("posix")
        .definedBy("..node.posix..")
        .layer("sysfs")
        .definedBy("..node.sysfs..")
        .layer("uevent")
        .definedBy("..node.uevent..")
        .layer("selfcheck")
        .definedBy("..node.selfcheck..")
        .layer("inventory")
        .definedBy("..node.inventory..")
        .layer("check")
        .definedBy("..node.check..")
        .layer("publish")
        .definedBy("..node.publish..")
        .layer("cli")
        .definedBy("..node.cli..")
        .whereLayer("cli")
        .mayNotBeAccessedByAnyLayer()
        .whereLayer("publish")
        .mayOnlyBeAccessedByLayers("cli")
        .whereLayer("check")
        .mayOnlyBeAccessedByLayers("publish", "cli")
        .whereLayer("inventory")
        .mayOnlyBeAccessedByLayers("check", "publish", "cli")
        .whereLayer("uevent")
        .mayOnlyBeAccessedByLayers("publish", "cli")
        .whereLayer("selfcheck")
        .mayOnlyBeAccessedByLayers("publish", "cli")
        .whereLayer("sysfs")
        .mayOnlyBeAccessedByLayers("selfcheck", "inventory", "check", "publish", "cli")
        .check(CLASSES);
    slices().matching("io.mdevmigration.node.(*)..").should().beFreeOfCycles().check(CLASSES);
  }

  @Test
  void whatDecidesTouchesNoFileNoClockAndNoCluster() {
    noClasses()
        .that()
        .resideInAnyPackage("..node.inventory..", "..node.check..", "..node.selfcheck..")
        .and()
        .doNotHaveSimpleName("Surroundings")
        .should()
        .dependOnClassesThat()
        .belongToAnyOf(Posix.class, JnaPosix.class, Clock.class)
        .orShould()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "java.io..", "io.fabric8.kubernetes.client..", "io.mdevmigration.telemetry..")
        .orShould()
        .dependOnClassesThat()
        .haveFullyQualifiedName("java.nio.file.Files")
        .check(CLASSES);
  }

  @Test
  void onlyTheWriterOfAttributesOpensAnythingForWriting() {
    noClasses()
        .that()
        .doNotHaveSimpleName("AttributeWriter")
        .should()
        .callMethod(Posix.class, "openForWriting", Path.class)
        .orShould()
        .callMethod(JnaPosix.class, "openForWriting", Path.class)
        .check(CLASSES);
  }

  @Test
  void nothingMakesMetersButTelemetryWhoseLabelsAreEnums() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.micrometer..", "io.prometheus..")
        .check(CLASSES);
  }

  @Test
  void nothingButTheCommandLineEndsTheProcess() {
    noClasses()
        .that()
        .resideOutsideOfPackage("..node.cli..")
        .should()
        .callMethod(System.class, "exit", int.class)
        .check(CLASSES);
  }
}
