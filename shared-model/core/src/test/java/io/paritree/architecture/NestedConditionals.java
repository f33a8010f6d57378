package io.paritree.architecture;

import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.ConditionalExpressionTree;
import com.sun.source.tree.ExpressionTree;
import com.sun.source.tree.ParenthesizedTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.TreeScanner;
import com.sun.source.util.Trees;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/** Finds conditional expressions ({@code ? :}) that are operands of others, by javac's parser. */
public final class NestedConditionals extends TreeScanner<Void, Void> {
  private final CompilationUnitTree unit;
  private final SourcePositions positions;
  private final Set<String> found;

  private NestedConditionals(
      CompilationUnitTree unit, SourcePositions positions, Set<String> found) {
    this.unit = unit;
    this.positions = positions;
    this.found = found;
  }

  /** Returns file name and line of each nested one in the sources below a directory. */
  public static Set<String> under(Path root) throws IOException {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    Set<String> found = new TreeSet<>();
    try (Stream<Path> files = Files.walk(root);
        StandardJavaFileManager manager = compiler.getStandardFileManager(null, null, null)) {
      List<Path> sources =
          files
              .filter(file -> file.toString().endsWith(".java"))
              .filter(file -> !root.relativize(file).toString().contains("target/"))
              .toList();
      JavacTask task =
          (JavacTask)
              compiler.getTask(
                  null,
                  manager,
                  null,
                  List.of("-proc:none"),
                  null,
                  manager.getJavaFileObjectsFromPaths(sources));
      SourcePositions positions = Trees.instance(task).getSourcePositions();
      for (CompilationUnitTree unit : task.parse()) {
        new NestedConditionals(unit, positions, found).scan(unit, null);
      }
    }

    return found;
  }

  @Override
  public Void visitConditionalExpression(ConditionalExpressionTree outer, Void nothing) {
    Stream.of(outer.getCondition(), outer.getTrueExpression(), outer.getFalseExpression())
        .map(NestedConditionals::unwrapped)
        .filter(ConditionalExpressionTree.class::isInstance)
        .forEach(this::add);
    return super.visitConditionalExpression(outer, nothing);
  }

  private static ExpressionTree unwrapped(ExpressionTree operand) {
    return operand instanceof ParenthesizedTree parentheses
        ? unwrapped(parentheses.getExpression())
        : operand;
  }

  private void add(ExpressionTree nested) {
    long line = unit.getLineMap().getLineNumber(positions.getStartPosition(unit, nested));
    Path file = Path.of(unit.getSourceFile().getName());
    found.add("%s:%s".formatted(file.getFileName(), line));
  }
}
