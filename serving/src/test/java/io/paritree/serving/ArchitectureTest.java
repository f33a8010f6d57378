package io.paritree.serving;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import io.paritree.architecture.ArchitectureContract;
import java.net.HttpURLConnection;
import java.net.Socket;
import java.net.URL;
import org.junit.jupiter.api.Test;

/** The rooms of this module, and that the server opens no connections. */
class ArchitectureTest extends ArchitectureContract {
  ArchitectureTest() {
    super("serving", "io.paritree.serving");
  }

  private static ArchRule onlyOpensConnections(Class<?> allowed) {
    return noClasses()
        .that()
        .doNotHaveFullyQualifiedName(allowed.getName())
        .should()
        .dependOnClassesThat()
        .areAssignableTo(Socket.class)
        .orShould()
        .dependOnClassesThat()
        .areAssignableTo(URL.class)
        .orShould()
        .dependOnClassesThat()
        .areAssignableTo(HttpURLConnection.class)
        .orShould()
        .dependOnClassesThat()
        .resideInAPackage("java.net.http..");
  }

  @Test
  void serverOpensNoConnectionsExceptToItself() {
    onlyOpensConnections(Rehearsal.class).check(main());
  }

  @Test
  void plantedConnectionIsCaught() {
    assertThat(
            onlyOpensConnections(String.class)
                .evaluate(new ClassFileImporter().importClasses(Rehearsal.class))
                .hasViolation())
        .isTrue();
  }
}
