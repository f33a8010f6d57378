package io.paritree.model.command;

import io.paritree.json.Documents;
import io.paritree.json.JsonText;
import java.util.function.Supplier;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The option {@code --format}: the form in which a command prints its result. */
final class OutputFormat {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Option(names = "--format", defaultValue = "text", description = "text or json (default: text).")
  private Form form;

  enum Form {
    /** Lines for people; may change. */
    TEXT,
    /** One JSON document for machines. */
    JSON
  }

  /** Prints the result on the standard output as text, or as a JSON object with these members. */
  void print(Supplier<String> text, JsonText.Body members) {
    printDocument(text, () -> JsonText.text(JsonText.object(members)));
  }

  /** Prints the result on the standard output as text, or as a document that is a record. */
  void print(Supplier<String> text, Record document) {
    printDocument(text, () -> JsonText.text(Documents.value(document)));
  }

  /** Prints the result on the standard output as text, or as the text of a JSON document. */
  void printDocument(Supplier<String> text, Supplier<String> json) {
    String result =
        switch (form) {
          case TEXT -> text.get();
          case JSON -> json.get();
        };
    spec.commandLine().getOut().print(result);
  }
}
