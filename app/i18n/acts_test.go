package i18n

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// TestEveryActOfTheLogHasWords finds the acts that the program's sources log, and demands words for each in both languages.
func TestEveryActOfTheLogHasWords(t *testing.T) {
	t.Parallel()
	en, fr := catalogues(t)
	acts := loggedActs(t)
	if len(acts) < 40 {
		t.Errorf("only %d acts were found: %v", len(acts), acts)
	}
	for act, at := range acts {
		if en["act."+act] == "" || fr["act."+act] == "" {
			t.Errorf("%s: the act %q has no words", at, act)
		}
	}
}

var actShape = regexp.MustCompile(`^[a-z]+\.[a-z_]+$`)

// loggedActs are the acts in the sources: literals handed to a parameter, or kept in a variable or a field, that is called action.
func loggedActs(t *testing.T) map[string]token.Position {
	t.Helper()
	found := map[string]token.Position{}
	set := token.NewFileSet()
	files := programFiles(t, set)
	takes := map[string]map[int]bool{} // which arguments of which functions are acts
	for _, file := range files {
		ast.Inspect(file, func(n ast.Node) bool {
			if f, ok := n.(*ast.FuncDecl); ok {
				at := 0
				for _, field := range f.Type.Params.List {
					for _, name := range field.Names {
						if name.Name == "action" {
							if takes[f.Name.Name] == nil {
								takes[f.Name.Name] = map[int]bool{}
							}
							takes[f.Name.Name][at] = true
						}
						at++
					}
				}
			}
			return true
		})
	}
	take := func(e ast.Expr) {
		if lit, ok := e.(*ast.BasicLit); ok && lit.Kind == token.STRING {
			if text, err := strconv.Unquote(lit.Value); err == nil && actShape.MatchString(text) {
				found[text] = set.Position(lit.Pos())
			}
		}
	}
	for _, file := range files {
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.CallExpr:
				for i := range takes[called(n.Fun)] {
					if i < len(n.Args) {
						take(n.Args[i])
					}
				}
			case *ast.AssignStmt:
				for i, left := range n.Lhs {
					if strings.EqualFold(called(left), "action") && i < len(n.Rhs) {
						take(n.Rhs[i])
					}
				}
			case *ast.KeyValueExpr:
				if strings.EqualFold(called(n.Key), "action") {
					take(n.Value)
				}
			}
			return true
		})
	}
	return found
}

func programFiles(t *testing.T, set *token.FileSet) (files []*ast.File) {
	t.Helper()
	for _, room := range []string{"app", "cmd", "protection", "store", "testimony"} {
		err := filepath.WalkDir(filepath.Join("..", "..", room), func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			file, err := parser.ParseFile(set, path, nil, 0)
			files = append(files, file)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return files
}

// called is the last word of what an expression names.
func called(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.SelectorExpr:
		return e.Sel.Name
	}
	return ""
}
