package io.paritree.serving;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.ObjectInputStream;
import java.net.HttpURLConnection;
import java.net.Socket;
import java.net.URL;
import org.junit.jupiter.api.Test;

/** What the server never knows and never does. */
class BordersTest {
  private static final JavaClasses SERVER =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("io.paritree.serving");

  @Test
  void serverKnowsNeitherTheJobNorXgboost() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "io.paritree.spark..",
            "io.paritree.xgboost..",
            "io.paritree.store..",
            "ml.dmlc..",
            "org.apache.spark..",
            "org.apache.hadoop..",
            "com.fasterxml.jackson.databind..")
        .check(SERVER);
  }

  @Test
  void serverMakesNoObjectsAndNoClassesFromNames() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .areAssignableTo(ObjectInputStream.class)
        .orShould()
        .callMethod(Class.class, "forName", String.class)
        .check(SERVER);
  }

  @Test
  void serverOpensNoConnectionsButToAskItself() {
    noClasses()
        .that()
        .doNotHaveFullyQualifiedName(Rehearsal.class.getName())
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
        .resideInAPackage("java.net.http..")
        .check(SERVER);
  }
}
