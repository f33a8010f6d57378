package io.paritree.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.lang.ArchRule;
import java.io.ObjectInputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.text.Format;
import java.time.format.DateTimeFormatter;
import java.util.Formatter;
import java.util.Scanner;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Rules for the classes of main code in every module. */
final class CodeRules {
  /** Endings that say nothing. A name that consists only of one of these words is allowed. */
  private static final String FORBIDDEN_ENDING =
      ".*[.$]\\w+(Impl|Base|Manager|Helper|Helpers|Util|Utils|Data|Info|Factory)";

  /**
   * The class that stops the server: it waits until a load balancer notices, which no condition can
   * report, and polls until no connection is open, which Jetty reports by no event.
   */
  private static final String STOPS_BY_THE_CLOCK = "io.paritree.serving.http.GracefulStop";

  private static final String SET_BY_PICOCLI = "picocli.CommandLine$Option";

  private CodeRules() {}

  static Stream<ArchRule> all() {
    return Stream.of(
        noClasses().should().dependOnClassesThat().areAssignableTo(ObjectInputStream.class),
        noClasses().should().callMethod(Class.class, "forName", String.class),
        noClasses()
            .should()
            .callMethod(Class.class, "forName", String.class, boolean.class, ClassLoader.class),
        noClasses().should().callMethod(Thread.class, "sleep", long.class),
        noClasses()
            .that()
            .doNotHaveFullyQualifiedName(STOPS_BY_THE_CLOCK)
            .should()
            .callMethod(TimeUnit.class, "sleep", long.class),
        noClasses().should().callMethod(String.class, "toLowerCase"),
        noClasses().should().callMethod(String.class, "toUpperCase"),
        noClasses().should().callMethod(String.class, "format", String.class, Object[].class),
        noClasses().should().callMethod(DateTimeFormatter.class, "ofPattern", String.class),
        prints(PrintStream.class, "printf"),
        prints(PrintStream.class, "format"),
        prints(PrintWriter.class, "printf"),
        prints(PrintWriter.class, "format"),
        noClasses().should().dependOnClassesThat().areAssignableTo(Formatter.class),
        noClasses().should().dependOnClassesThat().areAssignableTo(Scanner.class),
        noClasses().should().dependOnClassesThat().areAssignableTo(Format.class),
        noClasses()
            .that()
            .haveSimpleNameNotEndingWith("Main")
            .should()
            .callMethod(System.class, "exit", int.class),
        noClasses().should().haveNameMatching(FORBIDDEN_ENDING),
        noClasses().should().haveSimpleNameStartingWith("Abstract"),
        fields()
            .that()
            .areDeclaredInClassesThat()
            .arePublic()
            .and()
            .areNotPrivate()
            .and()
            .areNotAnnotatedWith(SET_BY_PICOCLI)
            .should()
            .beFinal());
  }

  /** What machines read is the same in every country, so nothing asks for the default locale. */
  private static ArchRule prints(Class<?> type, String method) {
    return noClasses().should().callMethod(type, method, String.class, Object[].class);
  }
}
