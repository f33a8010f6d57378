package io.paritree.model.command;

import io.paritree.Fault;
import io.paritree.ModelException;
import io.paritree.model.EngineKind;
import io.paritree.model.layout.GuardedAliasException;
import io.paritree.model.rows.CsvScoring;
import io.paritree.model.rows.InputException;
import io.paritree.reasons.Direction;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.TypeConversionException;

/**
 * A command with subcommands. Reads the types of its command line, and makes messages and exit
 * codes of what goes wrong.
 */
abstract class MainCommand implements Runnable {
  @CommandLine.Spec private CommandLine.Model.CommandSpec spec;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      scope = ScopeType.INHERIT,
      description = "Show this help and exit.")
  private boolean help;

  @Option(
      names = "--debug",
      scope = ScopeType.INHERIT,
      description = "On an error, also print the stack trace.")
  private boolean debug;

  @Override
  public final void run() {
    throw new ParameterException(spec.commandLine(), "Missing command");
  }

  /** Runs a command line of this process, and returns the exit code. */
  final int execute(String... args) {
    PrintWriter out = writer(FileDescriptor.out);
    PrintWriter err = writer(FileDescriptor.err);
    int exitCode = execute(out, err, args);
    err.flush();
    return exitCode;
  }

  private static PrintWriter writer(FileDescriptor descriptor) {
    return new PrintWriter(new FileOutputStream(descriptor), false, StandardCharsets.UTF_8);
  }

  /** Runs a command line, and returns the exit code. */
  final int execute(PrintWriter out, PrintWriter err, String... args) {
    CommandLine command = new CommandLine(this);
    command.setOut(out);
    command.setErr(err);
    command.registerConverter(Long.class, text -> parsed(text, Long::valueOf, "a whole number"));
    command.registerConverter(
        Integer.class, text -> parsed(text, Integer::valueOf, "a whole number"));
    command.registerConverter(Double.class, text -> parsed(text, Double::valueOf, "a number"));
    command.registerConverter(EngineKind.class, text -> one(EngineKind.values(), text));
    command.registerConverter(Direction.class, text -> one(Direction.values(), text));
    command.registerConverter(CsvScoring.Emit.class, text -> one(CsvScoring.Emit.values(), text));
    command.registerConverter(
        OutputFormat.Form.class, text -> one(OutputFormat.Form.values(), text));
    command.registerConverter(
        DiffCommand.Faces.class, text -> one(DiffCommand.Faces.values(), text));
    command.setParameterExceptionHandler((e, given) -> usage(e, err));
    command.setExecutionExceptionHandler(
        (e, parsed, result) ->
            failed(e instanceof UncheckedIOException read ? read.getCause() : e, err));
    int exitCode;
    try {
      exitCode = command.execute(args);
    } catch (OutOfMemoryError e) {
      err.println(
          "The heap of %s MB is too small for this; give more, such as PARITREE_JAVA_OPTS=-Xmx%sm"
              .formatted(
                  Runtime.getRuntime().maxMemory() >> 20, Runtime.getRuntime().maxMemory() >> 19));
      return ModelMain.FAILED;
    }

    // A PrintWriter does not throw when it fails: a full disk must not look like a success.
    if (out.checkError() && exitCode == ModelMain.OK) {
      err.println("Cannot write the result to the standard output");
      return ModelMain.FAILED;
    }

    return exitCode;
  }

  private static <T> T parsed(String text, Function<String, T> parser, String expected) {
    try {
      return parser.apply(text);
    } catch (NumberFormatException e) {
      throw new TypeConversionException(
          "got '%s', expected %s".formatted(Fault.printable(text), expected));
    }
  }

  private static <T extends Enum<T>> T one(T[] known, String text) {
    List<String> names = new ArrayList<>();
    for (T value : known) {
      if (value.name().equalsIgnoreCase(text)) {
        return value;
      }

      names.add(value.name().toLowerCase(Locale.ROOT));
    }

    throw new TypeConversionException(
        "got '%s', expected one of %s".formatted(Fault.printable(text), names));
  }

  private static int usage(ParameterException e, PrintWriter err) {
    CommandLine command = e.getCommandLine();
    err.println(e.getMessage().replace("option option", "option")); // picocli says it twice
    CommandLine.UnmatchedArgumentException.printSuggestions(e, err);
    err.println("Try '%s --help'.".formatted(command.getCommandSpec().qualifiedName()));
    return ModelMain.USAGE;
  }

  private int failed(Exception e, PrintWriter err) {
    int exitCode = ModelMain.FAILED;
    String message = e.getMessage();
    if (e instanceof ParameterException usage) {
      return usage(usage, err);
    } else if (e instanceof InputException) {
      exitCode = ModelMain.INPUT_REFUSED;
    } else if (e instanceof GuardedAliasException) {
      exitCode = ModelMain.NOT_MET;
    } else if (e instanceof ModelException) {
      exitCode = ModelMain.MODEL_REFUSED;
      message = "Model refused: " + message;
    } else if (e instanceof InvalidPathException) {
      exitCode = ModelMain.INPUT_REFUSED;
      message = "Cannot use a path: " + message;
    } else if (e instanceof UnknownHostException) {
      message = "Cannot reach the host '%s' of a path: the host is unknown".formatted(message);
    } else if (e instanceof NoSuchFileException) {
      message = "Cannot find %s".formatted(message);
    } else if (e instanceof FileAlreadyExistsException) {
      message = "Cannot write %s: it exists already, and nothing is replaced".formatted(message);
    } else if (e instanceof AccessDeniedException) {
      message = "Cannot use %s: access denied".formatted(message);
    }

    err.println(message == null ? e.toString() : Fault.printableLine(message));
    if (debug || exitCode == ModelMain.FAILED && e instanceof RuntimeException) {
      e.printStackTrace(err);
    }

    return exitCode;
  }
}
