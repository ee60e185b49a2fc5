// What Discord, Telegram and PagerDuty show. Lists end after 20 alerts, so that they fit.

/** `discord.default.*` */
export const discord = {
  name: 'discord.tmpl',
  text: `
{{- define "__discord_line" }}• **{{ template "__alert_severity" . }}** {{ template "__alert_service" . }}:
  {{- " " }}{{ printf "%.150s" (or .Annotations.description .Annotations.summary .Annotations.message .Labels.alertname) }}
{{ end }}
{{- define "discord.default.title" }}{{ template "__subject" . }}{{ end }}
{{- define "discord.default.message" }}
  {{- with .Alerts.Firing }}Firing:
{{ range $i, $alert := . }}{{ if lt $i 20 }}{{ template "__discord_line" $alert }}{{ end }}{{ end }}
    {{- if gt (len .) 20 }}… and {{ len (slice . 20) }} more
{{ end }}
  {{- end }}
  {{- with .Alerts.Resolved }}Resolved:
{{ range $i, $alert := . }}{{ if lt $i 20 }}{{ template "__discord_line" $alert }}{{ end }}{{ end }}
    {{- if gt (len .) 20 }}… and {{ len (slice . 20) }} more
{{ end }}
  {{- end }}
{{- end }}
`,
};

/** `telegram.default.*`, without markup: whatever `parse_mode` says, it reads the same. */
export const telegram = {
  name: 'telegram.tmpl',
  text: `
{{- define "__telegram_line" }}• {{ template "__alert_severity" . }} {{ template "__alert_service" . }}:
  {{- " " }}{{ printf "%.120s" (or .Annotations.description .Annotations.summary .Annotations.message .Labels.alertname) }}
{{ end }}
{{- define "telegram.default.message" }}{{ template "__subject" . }}
{{ with .Alerts.Firing }}
Firing:
{{ range $i, $alert := . }}{{ if lt $i 15 }}{{ template "__telegram_line" $alert }}{{ end }}{{ end }}
    {{- if gt (len .) 15 }}… and {{ len (slice . 15) }} more
{{ end }}
  {{- end }}
  {{- with .Alerts.Resolved }}
Resolved:
{{ range $i, $alert := . }}{{ if lt $i 10 }}{{ template "__telegram_line" $alert }}{{ end }}{{ end }}
    {{- if gt (len .) 10 }}… and {{ len (slice . 10) }} more
{{ end }}
  {{- end }}
{{ template "__alertmanager" . }}: {{ template "__alertmanagerURL" . }}
{{- end }}
`,
};

/** `pagerduty.default.*` */
export const pagerduty = {
  name: 'pagerduty.tmpl',
  text: `
{{- define "pagerduty.default.description" }}{{ template "__subject" . }}{{ end }}
{{- define "pagerduty.default.client" }}{{ template "__alertmanager" . }}{{ end }}
{{- define "pagerduty.default.clientURL" }}{{ template "__alertmanagerURL" . }}{{ end }}
{{- define "__pagerduty_instance" }}Labels:
{{ range .Labels.SortedPairs }} - {{ .Name }} = {{ printf "%.1000s" .Value }}
{{ end }}Annotations:
{{ range .Annotations.SortedPairs }} - {{ .Name }} = {{ printf "%.1000s" .Value }}
{{ end }}Source: {{ .GeneratorURL }}
{{ end }}
{{- define "pagerduty.default.instances" }}
  {{- range $i, $alert := . }}{{ if lt $i 100 }}{{ template "__pagerduty_instance" $alert }}{{ end }}{{ end }}
  {{- if gt (len .) 100 }}… and {{ len (slice . 100) }} more
{{ end }}
{{- end }}
`,
};
