package io.recthink;

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

/** The lines between the packages of {@code common}. */
final class ArchitectureTest {
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.recthink");

    /** Which packages of ours a package may use besides itself. A new package needs a line here. */
    private static final Map<String, List<String>> MAY_USE = Map.ofEntries(
            entry("chat", List.of()),
            entry("config", List.of()),
            entry("progress", List.of()),
            entry("statistics", List.of()),
            entry("text", List.of()),
            entry("torch", List.of()),
            entry("model", List.of("config", "text", "torch")),
            entry("generate", List.of("config", "model", "torch")),
            entry("learn", List.of("config", "model", "torch")),
            entry("plan", List.of("config", "generate", "learn", "model")),
            entry("prompt", List.of("config", "generate", "model")),
            entry("review", List.of("torch")),
            entry("reward", List.of("config", "prompt")),
            entry("teacher", List.of("config", "model", "prompt")));

    @Test
    void onlyTorchKnowsTheInternalsOfThePyTorchEngine() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.recthink.torch..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("ai.djl.pytorch..")
                .because("the binding has traps that io.recthink.torch hides")
                .check(CLASSES);
    }

    @Test
    void commonWorksWithoutSpark() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.apache.spark..", "org.apache.hadoop..", "scala..")
                .because("common serves a process that has no Spark, too")
                .check(CLASSES);
    }

    @Test
    void tensorsStayWhereTensorsAreNeeded() {
        noClasses()
                .that()
                .resideOutsideOfPackages(
                        "io.recthink.torch..",
                        "io.recthink.model..",
                        "io.recthink.generate..",
                        "io.recthink.learn..",
                        "io.recthink.review..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("ai.djl..")
                .check(CLASSES);
    }

    @Test
    void packagesHaveNoCycles() {
        slices().matching("io.recthink.(*)..").should().beFreeOfCycles().check(CLASSES);
    }

    @Test
    void namesSayWhatAClassIs() {
        noClasses()
                .should()
                .haveNameMatching(".*(Util|Utils|Manager|Helper|Impl)(\\$.*)?")
                .because("a class is named for what it is")
                .check(CLASSES);
    }

    @Test
    void packagesUseOnlyThePackagesBelowThem() {
        MAY_USE.forEach((name, below) -> mayUseOnly(name, below).check(CLASSES));
    }

    @Test
    void everyPackageHasItsPlace() {
        Set<String> packages = CLASSES.stream()
                .map(JavaClass::getPackageName)
                .filter(name -> !name.equals("io.recthink"))
                .map(name -> name.split("\\.", -1)[2])
                .collect(Collectors.toSet());
        assertThat(MAY_USE.keySet())
                .as("packages with a line in MAY_USE of this test")
                .containsExactlyInAnyOrderElementsOf(packages);
    }

    private static ArchRule mayUseOnly(String name, List<String> below) {
        DescribedPredicate<JavaClass> ours = resideInAPackage("io.recthink..");
        String[] allowed = Stream.concat(
                        Stream.of("io.recthink", packages(name)), below.stream().map(ArchitectureTest::packages))
                .toArray(String[]::new);
        return classes()
                .that()
                .resideInAPackage(packages(name))
                .should()
                .onlyDependOnClassesThat(resideInAnyPackage(allowed).or(DescribedPredicate.not(ours)));
    }

    private static String packages(String name) {
        return "io.recthink." + name + "..";
    }
}
