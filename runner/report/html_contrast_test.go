package report

import (
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// palettes are the colours of the page by name: by day, in the dark, on paper.
func palettes(t *testing.T) map[string]map[string]string {
	style := htmlFile("style.css")
	named := regexp.MustCompile(`--([a-z-]+): *(#[0-9a-f]+)`)
	day := map[string]string{}
	list := map[string]map[string]string{"day": day}
	for name, before := range map[string]string{"day": ":root {", "dark": "(prefers-color-scheme: dark) {", "paper": "@media print {"} {
		_, rest, ok := strings.Cut(style, before)
		if !ok {
			t.Fatalf("the style has no %q", before)
		}
		block, _, _ := strings.Cut(rest, "}")
		colors := map[string]string{}
		for _, c := range named.FindAllStringSubmatch(block, -1) {
			colors[c[1]] = c[2]
		}
		list[name] = colors
	}
	for name, colors := range list {
		for key, value := range list["day"] {
			if colors[key] == "" && name != "day" {
				colors[key] = value
			}
		}
	}
	return list
}

// luminance is the relative luminance of #rgb or #rrggbb: WCAG 2.2.
func luminance(t *testing.T, color string) float64 {
	hex := strings.TrimPrefix(color, "#")
	if len(hex) == 3 {
		hex = string([]byte{hex[0], hex[0], hex[1], hex[1], hex[2], hex[2]})
	}
	var parts [3]float64
	for i := range parts {
		n, err := strconv.ParseUint(hex[2*i:2*i+2], 16, 8)
		if err != nil {
			t.Fatalf("%q is no colour", color)
		}
		if c := float64(n) / 255; c <= 0.04045 {
			parts[i] = c / 12.92
		} else {
			parts[i] = math.Pow((c+0.055)/1.055, 2.4)
		}
	}
	return 0.2126*parts[0] + 0.7152*parts[1] + 0.0722*parts[2]
}

func contrast(t *testing.T, a, b string) float64 {
	x, y := luminance(t, a), luminance(t, b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

// Every text can be read against all that it stands on, and every line and bar seen:
// WCAG 2.2 AA, 1.4.3 and 1.4.11.
func TestHTMLContrast(t *testing.T) {
	const text, graphic = 4.5, 3
	for _, pair := range []struct {
		front, grounds string
		least          float64
	}{
		{"text", "ground raised chosen bad-ground good-ground wait-ground", text},
		{"soft", "ground raised chosen bad-ground", text},
		{"good", "ground raised good-ground bad-ground chosen", text},
		{"bad", "ground raised bad-ground chosen", text},
		{"warn", "ground raised", text},
		{"accent", "ground raised chosen", text},
		{"bar", "ground bad-ground", graphic},
		{"bar-line", "ground", graphic},
		{"wait", "ground wait-ground", graphic},
	} {
		for name, colors := range palettes(t) {
			for _, ground := range strings.Fields(pair.grounds) {
				if got := contrast(t, colors[pair.front], colors[ground]); got < pair.least {
					t.Errorf("%s: %s on %s has a contrast of %.2f, wanted %.1f", name, pair.front, ground, got, pair.least)
				}
			}
		}
	}
}
