package io.paritree.model.command;

import io.paritree.CorruptModelException;
import io.paritree.model.TrainerRemarks;
import io.paritree.model.manifest.SchemaForm;
import io.paritree.model.manifest.SchemaWriter;
import io.paritree.model.seal.SchemaDraft;
import io.paritree.model.seal.SealSource;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code model schema}: drafts a schema file, to edit and to seal with. */
@Command(
    name = "schema",
    description = {
      "Drafts a schema as JSON, to edit and to seal with.",
      "Names come from the model, types from the rows, vocabularies from the model file;"
          + " what they do not show is printed as advice on the standard error."
    })
final class SchemaCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = "--model",
      required = true,
      paramLabel = "MODEL",
      description = "A model file or an MLflow directory.")
  private String model;

  @Option(
      names = "--rows",
      paramLabel = "FILE.csv",
      description = "Raw rows with a header, as the model will be asked to score them.")
  private String rows;

  @Option(
      names = "--by-position",
      description = {
        "Features read the first columns of --rows, in its order,",
        "for models that were trained without names."
      })
  private boolean byPosition;

  @Option(
      names = "--offset",
      paramLabel = "COLUMN",
      description =
          "The margins begin with this column, the trainer's base margin; once per output.")
  private List<String> offsets = new ArrayList<>();

  @Override
  public Integer call() throws Exception {
    SealSource source = SealSource.read(model);
    SchemaForm plain = source.schema(offsets);
    if (byPosition) {
      if (rows == null) {
        throw new ParameterException(
            spec.commandLine(), "--by-position needs --rows, whose columns it reads");
      }

      plain = SchemaDraft.byPosition(source.model(), plain, rows);
    }

    SchemaDraft draft = new SchemaDraft(source, plain);
    if (rows != null) {
      draft.read(rows);
    }

    PrintWriter err = spec.commandLine().getErr();
    source.earlyStopping().ifPresent(text -> err.println("Note: " + text));
    TrainerRemarks.of(source.model()).forEach(text -> err.println("Note: " + text));
    draft.advice().forEach(err::println);
    byte[] json = SchemaWriter.toJson(schema(source, draft));
    spec.commandLine().getOut().print(new String(json, StandardCharsets.UTF_8));
    return ModelMain.OK;
  }

  private static SchemaForm schema(SealSource source, SchemaDraft draft)
      throws CorruptModelException {
    try {
      return draft.schema();
    } catch (IllegalArgumentException e) {
      throw new CorruptModelException(
          "Cannot draft a schema of %s: %s".formatted(source.origin(), e.getMessage()), e);
    }
  }
}
