package io.recthink.spark;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The lines between the packages of the Spark application. */
final class ArchitectureTest {
    private static final String ROOT = "io.recthink.spark";
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages(ROOT);

    /** The packages of the application that a package may use, beside the root package. A new package needs a line here. */
    private static final Map<String, List<String>> MAY_USE = Map.ofEntries(
            entry("files", List.of()),
            entry("page", List.of()),
            entry("table", List.of("files")),
            entry("datacard", List.of("page", "table")),
            entry("source", List.of("files", "table")),
            entry("prepare", List.of("baseline", "datacard", "files", "policy", "source", "table")),
            entry("policy", List.of("files")),
            entry("registry", List.of("files", "policy")),
            entry("run", List.of("files", "policy", "registry", "table")),
            entry("completion", List.of("policy", "table")),
            entry("rollout", List.of("completion", "files", "policy", "run", "table")),
            entry("score", List.of("files", "table")),
            entry("gradient", List.of("files", "policy")),
            entry("baseline", List.of("files", "table")),
            entry("evaluate", List.of("baseline", "files", "table")),
            entry("tracking", List.of("run")),
            entry(
                    "training",
                    List.of("baseline", "completion", "evaluate", "files", "policy", "run", "table", "tracking")),
            entry(
                    "train",
                    List.of(
                            "completion",
                            "files",
                            "gradient",
                            "policy",
                            "rollout",
                            "run",
                            "score",
                            "table",
                            "training")),
            entry("sft", List.of("completion", "files", "gradient", "policy", "rollout", "run", "table", "training")),
            entry("teacher", List.of("completion", "files", "policy", "run", "table")),
            entry("coldstart", List.of("completion", "files", "table", "teacher")),
            entry("predict", List.of("baseline", "completion", "files", "policy", "prepare", "run", "source", "table")),
            entry("report", List.of("files", "page", "run", "table")),
            entry("compare", List.of("evaluate", "files", "page", "report", "table")),
            entry(
                    "probe",
                    List.of(
                            "baseline",
                            "compare",
                            "completion",
                            "evaluate",
                            "files",
                            "page",
                            "policy",
                            "run",
                            "table")),
            entry("simulate", List.of("files", "table")),
            entry("verify", List.of("files", "run", "table")),
            entry(
                    "retrain",
                    List.of(
                            "compare",
                            "evaluate",
                            "files",
                            "page",
                            "policy",
                            "predict",
                            "prepare",
                            "registry",
                            "run",
                            "source",
                            "table",
                            "train",
                            "training")));

    /** It may use all of them; none of them may use it. */
    private static final String CLI = "cli";

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
    void packagesUseOnlyWhatTheyMay() {
        MAY_USE.forEach((name, below) -> mayUseOnly(name, below).check(CLASSES));
    }

    @Test
    void everyPackageHasItsPlace() {
        Set<String> packages = CLASSES.stream()
                .map(JavaClass::getPackageName)
                .filter(name -> !name.equals(ROOT))
                .map(name -> name.substring(ROOT.length() + 1).split("\\.", -1)[0])
                .filter(name -> !name.equals(CLI))
                .collect(Collectors.toSet());
        assertThat(MAY_USE.keySet())
                .as("packages with a line in MAY_USE of this test")
                .containsExactlyInAnyOrderElementsOf(packages);
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

    private static ArchRule mayUseOnly(String name, List<String> below) {
        String[] allowed = Stream.concat(
                        Stream.of(ROOT, packages(name)), below.stream().map(ArchitectureTest::packages))
                .toArray(String[]::new);
        return classes()
                .that()
                .resideInAPackage(packages(name))
                .should()
                .onlyDependOnClassesThat(
                        resideInAnyPackage(allowed).or(DescribedPredicate.not(resideInAPackage(ROOT + ".."))));
    }

    private static String packages(String name) {
        return ROOT + "." + name + "..";
    }
}
