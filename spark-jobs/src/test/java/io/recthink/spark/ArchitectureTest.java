package io.recthink.spark;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** The lines between the packages of the Spark application. */
final class ArchitectureTest {
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.recthink.spark");

    @Test
    void noJobKnowsTheInternalsOfThePyTorchEngine() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAPackage("ai.djl.pytorch..")
                .because("io.recthink.torch hides the traps of the binding")
                .check(CLASSES);
    }

    @Test
    void jobsDoNotKnowTheCommandLine() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.recthink.spark.cli..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.recthink.spark.cli..", "picocli..")
                .because("a job takes a session and a configuration, from wherever they come")
                .check(CLASSES);
    }

    @Test
    void tablesKnowNoJob() {
        noClasses()
                .that()
                .resideInAPackage("io.recthink.spark.table..")
                .should()
                .dependOnClassesThat(
                        resideInAPackage("io.recthink.spark..").and(not(resideInAPackage("io.recthink.spark.table.."))))
                .check(CLASSES);
    }

    @Test
    void packagesHaveNoCycles() {
        slices().matching("io.recthink.spark.(*)..").should().beFreeOfCycles().check(CLASSES);
    }

    @Test
    void namesSayWhatAClassIs() {
        noClasses()
                .should()
                .haveNameMatching(".*(Util|Utils|Manager|Helper|Impl)(\\$.*)?")
                .because("a class is named for what it is")
                .check(CLASSES);
    }
}
