package io.paritree.model.command;

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

  /** The forms. */
  enum Form {
    /** Lines for people; may change. */
    TEXT,
    /** One JSON document for machines. */
    JSON
  }

  /** Prints the result on the standard output in the form that was asked for. */
  void print(Supplier<String> text, Supplier<String> json) {
    String result =
        switch (form) {
          case TEXT -> text.get();
          case JSON -> json.get();
        };
    spec.commandLine().getOut().print(result);
  }
}
