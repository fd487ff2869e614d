// Package names maps the names of Terraform's resources and data sources to the tokens of Pulumi's package aws.
package names

import (
	"fmt"
	"strings"
)

const dataSource = "data."

// Table holds module and type (`ec2/Vpc`) by Terraform name; data sources begin with `data.`.
type Table map[string]string

// Read reads lines of two words, a Terraform name and module/Type; lines that begin with # and empty ones are passed over.
//
// What is left out of a package is left out by its Terraform name alone, for resources and data sources together. So a
// name wanted as one of the two stands in the table as both.
func Read(text string) (Table, error) {
	table := Table{}
	for number, line := range strings.Split(text, "\n") {
		words := strings.Fields(line)
		if len(words) == 0 || strings.HasPrefix(words[0], "#") {
			continue
		}
		if len(words) != 2 || strings.Count(words[1], "/") != 1 {
			return nil, fmt.Errorf("line %d: got %q; allowed: a Terraform name and module/Type", number+1, line)
		}
		table[words[0]] = words[1]
	}
	for name, place := range table {
		counterpart, counterplace := counterpartOf(name, place)
		if _, ok := table[counterpart]; !ok {
			table[counterpart] = counterplace
		}
	}
	return table, nil
}

// Resource gives the token of a resource; false when it is not wanted.
func (table Table) Resource(name string) (string, bool) { return table.token(name) }

// DataSource gives the token of a data source; false when it is not wanted.
func (table Table) DataSource(name string) (string, bool) { return table.token(dataSource + name) }

func (table Table) token(name string) (string, bool) {
	place, ok := table[name]
	if !ok {
		return "", false
	}
	module, kind, _ := strings.Cut(place, "/")
	return fmt.Sprintf("aws:%s/%s:%s", module, strings.ToLower(kind[:1])+kind[1:], kind), true
}

func counterpartOf(name, place string) (string, string) {
	module, kind, _ := strings.Cut(place, "/")
	if resource, ok := strings.CutPrefix(name, dataSource); ok {
		return resource, module + "/" + strings.TrimPrefix(kind, "get")
	}
	return dataSource + name, module + "/get" + kind
}
